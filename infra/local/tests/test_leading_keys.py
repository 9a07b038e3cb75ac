"""Which partition keys a DynamoDB request names."""
import unittest

from cloud import leading_keys


def key_name(_table, index=None):
    return "gsi1pk" if index else "pk"


def keys(body):
    return leading_keys.leading_keys(body, key_name)


def key(value):
    return {"pk": {"S": value}, "sk": {"S": "profile"}}


class LeadingKeys(unittest.TestCase):
    def test_single_item_operations(self):
        self.assertEqual(keys({"TableName": "t", "Key": key("a#1"), "UpdateExpression": "SET x = :x"}), {"a#1"})
        self.assertEqual(keys({"TableName": "t", "Item": {**key("a#1"), "n": {"N": "1"}}}), {"a#1"})

    def test_a_nested_attribute_called_pk_is_no_key(self):
        item = {**key("a#1"), "copy": {"M": key("b#1")}}
        self.assertEqual(keys({"TableName": "t", "Item": item}), {"a#1"})
        self.assertEqual(keys({"TableName": "t", "Key": key("a#1"),
                               "ExpressionAttributeValues": {":v": {"M": key("b#1")}}}), {"a#1"})

    def test_transact_write_names_every_item(self):
        body = {"TransactItems": [
            {"Put": {"TableName": "t", "Item": key("a#1")}},
            {"Update": {"TableName": "t", "Key": key("a#2")}},
            {"Delete": {"TableName": "t", "Key": key("a#3")}},
            {"ConditionCheck": {"TableName": "t", "Key": key("b#4")}}]}
        self.assertEqual(keys(body), {"a#1", "a#2", "a#3", "b#4"})

    def test_transact_get(self):
        self.assertEqual(keys({"TransactItems": [{"Get": {"TableName": "t", "Key": key("a#1")}}]}), {"a#1"})

    def test_batches(self):
        self.assertEqual(keys({"RequestItems": {"t": {"Keys": [key("a#1"), key("b#1")]}}}), {"a#1", "b#1"})
        self.assertEqual(keys({"RequestItems": {"t": [{"PutRequest": {"Item": key("a#1")}},
                                                      {"DeleteRequest": {"Key": key("b#1")}}]}}), {"a#1", "b#1"})

    def test_query_in_any_spelling(self):
        values = {":p": {"S": "a#1"}, ":s": {"S": "x"}}
        for expression, names in (("pk = :p", {}), ("#k=:p AND begins_with(sk, :s)", {"#k": "pk"}),
                                  ("(sk > :s) and (#k = :p)", {"#k": "pk"}), ("sk = :s AND pk = :p", {})):
            with self.subTest(expression):
                query = {"TableName": "t", "KeyConditionExpression": expression,
                         "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
                self.assertEqual(keys(query), {"a#1"})

    def test_query_of_an_index_names_the_index_key(self):
        self.assertEqual(keys({"TableName": "t", "IndexName": "gsi1", "KeyConditionExpression": "gsi1pk = :p",
                               "ExpressionAttributeValues": {":p": {"S": "a#mail"}}}), {"a#mail"})

    def test_query_with_key_conditions(self):
        condition = {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a#1"}]}
        self.assertEqual(keys({"TableName": "t", "KeyConditions": {"pk": condition}}), {"a#1"})

    def test_a_scan_names_none(self):
        self.assertEqual(keys({"TableName": "t", "FilterExpression": "pk = :p",
                               "ExpressionAttributeValues": {":p": {"S": "a#1"}}}), set())
