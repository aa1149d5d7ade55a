//! The least a window can be: Tauri, the engine, and a page of one word. The console is measured against it.

use std::error::Error;

use tauri::http::Response;
use tauri::{WebviewUrl, WebviewWindowBuilder};

const PAGE: &str = "<!doctype html><html lang=en><title>Blank</title><h1>Blank</h1>";

fn main() -> Result<(), Box<dyn Error>> {
    tauri::Builder::default()
        .register_uri_scheme_protocol("blank", |_, _| {
            Response::builder()
                .header("Content-Type", "text/html; charset=utf-8")
                .body(PAGE.as_bytes())
                .unwrap_or_default()
        })
        .setup(|app| {
            let page = WebviewUrl::CustomProtocol("blank://localhost/".parse()?);
            WebviewWindowBuilder::new(app, "main", page)
                .title("Blank")
                .inner_size(1280.0, 800.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}
