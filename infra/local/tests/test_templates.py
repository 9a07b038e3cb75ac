"""What templates say and MiniStack does not read by itself."""
import unittest
from unittest import mock

import yaml
from ministack.services import apigateway
from ministack.services.cloudformation import engine

from cloud import http_api, nested_stacks, resources

URI = "arn:aws:lambda:us-east-1:000000000000:function:f"


class OpenApiBody(unittest.TestCase):
    def setUp(self):
        for name, content in (("_apis", {"api": {}}), ("_integrations", {}),
                              ("_routes", {"api": {"own": {"routeKey": "x"}}})):
            patch = mock.patch.object(apigateway, name, content)
            patch.start()
            self.addCleanup(patch.stop)

    def load(self, paths, **props):
        http_api.import_body("api", {"Body": {"paths": paths}, **props})
        return sorted(route["routeKey"] for route in apigateway._routes["api"].values())

    def operation(self, **more):
        return {http_api.INTEGRATION: {"type": "aws_proxy", "uri": URI}, **more}

    def test_its_routes_replace_the_imported_ones_and_leave_the_others(self):
        self.assertEqual(self.load({"/v1/a": {"get": self.operation()}}), ["GET /v1/a", "x"])
        any_method = {"x-amazon-apigateway-any-method": self.operation()}
        self.assertEqual(self.load({"/v1/b": any_method}), ["ANY /v1/b", "x"])
        self.assertEqual(self.load({"/$default": any_method}), ["$default", "x"])

    def test_authorizers_are_refused(self):
        with self.assertRaisesRegex(ValueError, "no authorizers"):
            self.load({"/v1/a": {"get": self.operation(security=[{"jwt": []}])}})

    def test_cors_is_spelled_as_the_gateway_reads_it(self):
        self.load({}, CorsConfiguration={"AllowOrigins": ["*"], "MaxAge": 600})
        self.assertEqual(apigateway._apis["api"]["corsConfiguration"], {"allowOrigins": ["*"], "maxAge": 600})


class Resources(unittest.TestCase):
    def test_an_action_follows_each_create_and_update(self):
        done = []
        handler = {"create": lambda logical_id, props, stack: ("id", {}),
                   "update": lambda physical_id, old, new, stack: (physical_id, {})}
        with mock.patch.dict(resources.HANDLERS, {"Test::Kind": handler}):
            resources.afterwards("Test::Kind", lambda physical_id, props: done.append((physical_id, props)))
            handler["create"]("Logical", {"a": 1}, "stack")
            handler["update"]("id", {"a": 1}, {"a": 2}, "stack")
        self.assertEqual(done, [("id", {"a": 1}), ("id", {"a": 2})])

    def test_types_without_local_effect_are_accepted(self):
        for kind in resources.WITHOUT_EFFECT:
            self.assertIn(kind, resources.HANDLERS)


class NestedStacks(unittest.TestCase):
    def test_the_quick_loader_reads_what_the_other_one_reads(self):
        text = "A: !Sub x\nB: !GetAtt C.Arn\nD: {E: [!Ref F, 2026-01-01, 1, on, null, \"1\"]}\nG: |\n  text\n"
        self.assertEqual(yaml.load(text, nested_stacks.with_libyaml(engine.CfnLoader)), yaml.load(text, engine.CfnLoader))

    def test_an_update_keeps_the_attributes_of_what_it_leaves_alone(self):
        kept = {"Arn": "arn"}
        stacks = {"nested": {"_resources": {"Key": {"Attributes": kept}}}}
        with mock.patch.object(nested_stacks, "_stacks", stacks):
            given = nested_stacks.update_resource(lambda *arguments: arguments, "K", "id", {}, {}, "nested", "Key")
        self.assertIs(given[-1], kept)
