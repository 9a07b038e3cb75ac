//! Makes the documentation page: Swagger UI, its script and its style, as one compressed file.

use std::error::Error;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/docs.html");
    let mut archive = zip::ZipArchive::new(Cursor::new(utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED))?;
    let script = find(&mut archive, "/dist/swagger-ui-bundle.js")?;
    let style = find(&mut archive, "/dist/swagger-ui.css")?;
    // A closing tag inside of the script would end it.
    let script = script.replace("</script", "<\\/script");
    let page = include_str!("src/docs.html").replace("/*STYLE*/", &style).replace("/*SCRIPT*/", &script);
    let file = std::fs::File::create(Path::new(&std::env::var("OUT_DIR")?).join("docs.html.gz"))?;
    let mut gzip = GzEncoder::new(file, Compression::best());
    gzip.write_all(page.as_bytes())?;
    gzip.finish()?;
    Ok(())
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
