mod get_openapi;
