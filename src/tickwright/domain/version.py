"""The version of the product, as `--version`, run manifests and the package's metadata give it."""

VERSION = "0.1.0"
