// Bundles each function into a folder of its own, as it would be zipped: `node build.mjs <folder>`.
import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const functions = {
  "identity-register": "src/identity/register.ts",
  "identity-login": "src/identity/login.ts",
  "events-create-event": "src/events/create-event.ts",
  "events-list-point-events": "src/events/list-point-events.ts",
  "wallet-keep-copies": "src/wallet/keep-copies.ts",
};

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const require = createRequire(import.meta.url);

// A native add-on cannot be bundled: it goes beside the bundle, for the platform that this runs on.
const argon2 = ["@node-rs/argon2", `@node-rs/argon2-linux-${process.arch}-gnu`];

for (const [name, entry] of Object.entries(functions)) {
  const folder = join(out, name);
  const { metafile } = await build({
    entryPoints: [join(here, entry)],
    outfile: join(folder, "index.mjs"),
    bundle: true,
    minify: true,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    external: ["@node-rs/argon2"],
    // Some dependencies are CommonJS, and ask for Node's own modules at run time.
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    legalComments: "none",
    logLevel: "warning",
  });
  const bundle = Object.values(metafile.outputs)[0];
  if (bundle.imports.some((one) => one.path === "@node-rs/argon2")) {
    for (const part of argon2) {
      await cp(dirname(require.resolve(`${part}/package.json`)), join(folder, "node_modules", part), { recursive: true });
    }
  }
}
