//! Makes three files: the documentation page, which is Swagger UI with its script and its style, compressed; the hashes of
//! its scripts and styles for its Content-Security-Policy; and the list of all routes, from the OpenAPI documents.

use std::error::Error;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Where the documents are.
const DOCUMENTS: &str = "../../../docs/openapi";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/docs.html");
    println!("cargo::rerun-if-changed={DOCUMENTS}");
    let out = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&out).join("routes.txt"), routes()?)?;
    page(&Path::new(&out).join("docs.html.gz"))
}

fn page(file: &Path) -> Result<(), Box<dyn Error>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED))?;
    let script = find(&mut archive, "/dist/swagger-ui-bundle.js")?;
    let style = find(&mut archive, "/dist/swagger-ui.css")?;
    // A closing tag inside of the script would end it.
    let script = script.replace("</script", "<\\/script");
    let page = include_str!("src/docs.html").replace("/*STYLE*/", &style).replace("/*SCRIPT*/", &script);
    std::fs::write(file.with_file_name("docs.csp"), inline_sources(&page))?;
    let mut gzip = GzEncoder::new(std::fs::File::create(file)?, Compression::best());
    gzip.write_all(page.as_bytes())?;
    gzip.finish()?;
    Ok(())
}

/// The directives of a Content-Security-Policy that allow the page's own scripts and styles, by their hashes.
fn inline_sources(page: &str) -> String {
    let head = page.split("<script>").next().unwrap_or_default();
    let [scripts, styles] = [(page, "script"), (head, "style")].map(|(text, tag)| hashes(text, tag).join(" "));
    format!("script-src {scripts}; style-src {styles}")
}

fn hashes(mut text: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut found = Vec::new();
    while let Some((content, rest)) = text.split_once(&open).and_then(|(_, rest)| rest.split_once(&close)) {
        found.push(format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content))));
        text = rest;
    }
    found
}

/// One route per line, sorted: `POST /v1/orders/{id}`.
fn routes() -> Result<String, Box<dyn Error>> {
    let mut routes = Vec::new();
    for file in std::fs::read_dir(DOCUMENTS)? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "json") {
            let document: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
            let paths = document["paths"].as_object().into_iter().flatten();
            routes.extend(paths.flat_map(|(path, item)| {
                let methods = item.as_object().into_iter().flatten();
                methods.map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
            }));
        }
    }
    routes.sort();
    Ok(routes.join("\n"))
}

fn find(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, suffix: &str) -> Result<String, Box<dyn Error>> {
    let name = archive
        .file_names()
        .flatten()
        .find(|name| name.ends_with(suffix))
        .map(|name| name.to_string())
        .ok_or_else(|| format!("no {suffix}"))?;
    let mut text = String::new();
    archive.by_name(&name)?.read_to_string(&mut text)?;
    Ok(text)
}
