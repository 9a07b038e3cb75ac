"""HTTP APIs: routes, integrations and CORS from an OpenAPI body, which SAM's HttpApi writes."""
import hashlib

from ministack.services import apigateway

from . import resources

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"}
INTEGRATION = "x-amazon-apigateway-integration"


def install():
    resources.afterwards("AWS::ApiGatewayV2::Api", import_body)


def import_body(api_id, props):
    """Make the API's imported routes, integrations and CORS exactly those of its OpenAPI body."""
    body = props.get("Body") or {}
    routes, integrations = {}, {}
    for path, method, operation in operations(body):
        item = imported(path, method, operation)
        integrations[item["id"]] = item["integration"]
        routes[item["id"]] = item["route"]
    for store, items in ((apigateway._integrations, integrations), (apigateway._routes, routes)):
        kept = {key: value for key, value in store.get(api_id, {}).items() if not value.get("imported")}
        store[api_id] = {**kept, **items}
    if cors := body.get("x-amazon-apigateway-cors") or props.get("CorsConfiguration"):
        apigateway._apis[api_id]["corsConfiguration"] = lower_first(cors)


def operations(body):
    for path, methods in (body.get("paths") or {}).items():
        for method, operation in methods.items():
            if method in METHODS and INTEGRATION in operation:
                yield path, method, operation


def imported(path, method, operation):
    if any(name != "NONE" for rule in operation.get("security", []) for name in rule):
        raise ValueError(f"{method} {path}: the local cloud has no authorizers")
    spec = operation[INTEGRATION]
    key = route_key(path, method)
    item = hashlib.sha256(key.encode()).hexdigest()[:10]  # stable, so that an update drops no call
    return {
        "id": item,
        "integration": {"integrationId": item, "imported": True, "integrationMethod": "POST",
                        "integrationType": spec["type"].upper(), "integrationUri": spec["uri"],
                        "payloadFormatVersion": str(spec.get("payloadFormatVersion", "2.0"))},
        "route": {"routeId": item, "imported": True, "routeKey": key, "target": f"integrations/{item}",
                  "authorizationType": "NONE"},
    }


def route_key(path, method):
    if path.strip("/") == "$default":
        return "$default"
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    return f"{verb} {path}"


def lower_first(cors):
    """A template spells AllowOrigins, the gateway reads allowOrigins."""
    return {key[0].lower() + key[1:]: value for key, value in cors.items()}
