//! Build script: only the console needs one, to embed its window's assets and permissions.

#[cfg(feature = "desktop")]
fn main() {
    use tauri_build::{AppManifest, Attributes};

    println!("cargo:rerun-if-changed=migrations");
    // Patterns of ours are not watched: a command added to the list would not answer until a clean build.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*"));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}

#[cfg(not(feature = "desktop"))]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
