"""HTTP APIs: bearer tokens, problem documents, pages, OpenAPI documents."""
