package dev.roster.users;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.problem.Violation;
import dev.roster.testing.Rest;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The schema of a circle of attributes")
class AttributeSchemaTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {                                                         | not well-formed JSON
                    {"properties":{}} x                                       | not well-formed JSON
                    {"properties":{},"properties":{}}                         | not well-formed JSON
                    ["properties"]                                            | no JSON object
                    {"properties":{"a":{"type":"text"}}}                      | no JSON Schema (2020-12) at #/properties/a/type
                    {"properties":{"a":{"minLength":"2"}}}                    | no JSON Schema (2020-12) at #/properties/a/minLength
                    {"properties":{"a":{"items":{"maximum":"9"}}}}            | no JSON Schema (2020-12) at #/properties/a/items/maximum
                    {"properties":7}                                          | no JSON Schema (2020-12) at #/properties
                    {"required":"a"}                                          | no JSON Schema (2020-12) at #/required
                    {"properties":{"a.b":{}}}                                 | names an attribute 'a.b'
                    {"properties":{"":{}}}                                    | names an attribute ''
                    {"properties":{"a":{"pattern":"("}}}                      | no JSON Schema (2020-12) at #/properties/a
                    {"properties":{"a":{"anyOf":[{"pattern":"[z-a]"}]}}}      | no JSON Schema (2020-12) at #/properties/a
                    {"additionalProperties":true}                             | leave out additionalProperties
                    {"additionalProperties":{"type":"string"}}                | leave out additionalProperties
                    {"patternProperties":{"^x":{}}}                           | uses patternProperties
                    {"properties":{"a":{"patternProperties":{"(x+)+y":{}}}}}  | uses patternProperties
                    {"properties":{"a":{"$dynamicRef":"#x"}}}                 | uses $dynamicRef
                    {"properties":{"a":{"$ref":"https://evil.example/s"}}}    | refers to https://evil.example/s
                    {"properties":{"a":{"$ref":"#/$defs/b"}}}                 | refers to #/$defs/b
                    {"properties":{"a":{"$ref":"#/properties/a"}}}            | refers in a circle
                    {"properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"items":{"$ref":"#/$defs/b"}}}} | refers in a circle
                    """)
    @DisplayName("is refused where attributes could not be held to it")
    void refused(String schema, String problem) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> AttributeSchema.parse(schema))
                        .getMessage();
        assertTrue(message.contains(problem), message);
    }

    @ParameterizedTest(name = "{1} of {0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"type":"string"}                       | 1            | attributes.a   | type
                    {"type":"integer"}                      | 1.5          | attributes.a   | type
                    {"type":["string","null"]}              | 1            | attributes.a   | type
                    {"enum":["x",1]}                        | "y"          | attributes.a   | enum
                    {"const":3}                             | 4            | attributes.a   | const
                    {"minLength":2.0}                       | "x"          | attributes.a   | minLength
                    {"maximum":3}                           | 3.1          | attributes.a   | maximum
                    {"multipleOf":5}                        | 7            | attributes.a   | multipleOf
                    {"pattern":"^x"}                        | "yx"         | attributes.a   | pattern
                    {"pattern":"^x","allOf":[{"minLength":3}]} | "xy"      | attributes.a   | minLength
                    {"format":"email"}                      | "nobody"     | attributes.a   | format
                    {"format":"date"}                       | "2026-13-01" | attributes.a   | format
                    {"uniqueItems":true}                    | [1,1]        | attributes.a   | uniqueItems
                    {"items":{"type":"string"}}             | ["x",2]      | attributes.a.1 | type
                    {"items":{"pattern":"^x"}}              | ["x","y"]    | attributes.a.1 | pattern
                    {"properties":{"b":{"minimum":0}}}      | {"b":-1}     | attributes.a.b | minimum
                    {"required":["b"]}                      | {}           | attributes.a   | required
                    {"additionalProperties":false}          | {"b":1}      | attributes.a.b | additionalProperties
                    {"anyOf":[{"type":"string"},{"type":"null"}]} | 1      | attributes.a   | anyOf
                    {"not":{"type":"string"}}               | "x"          | attributes.a   | not
                    {"$ref":"#/$defs/short"}                | "xxxx"       | attributes.a   | maxLength
                    {"if":{"type":"string"},"then":{"maxLength":1}} | "xx" | attributes.a   | maxLength
                    """)
    @DisplayName("tells which attribute breaks which keyword, once")
    void violations(String schema, String value, String field, String keyword) {
        AttributeSchema parsed =
                AttributeSchema.parse(
                        "{\"properties\":{\"a\":%s},\"$defs\":{\"short\":{\"maxLength\":3}}}"
                                .formatted(schema));
        List<Violation> violations =
                List.copyOf(parsed.violations(object("{\"a\":" + value + "}")));
        assertEquals(1, violations.size(), violations.toString());
        assertEquals(field, violations.get(0).field());
        assertTrue(
                violations.get(0).message().startsWith("breaks " + keyword + " of its schema: "),
                violations.get(0).message());
    }

    @Test
    @DisplayName("lets through what meets it")
    void valid() {
        AttributeSchema schema =
                AttributeSchema.parse(
                        """
                        {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://roster.example/own","title":"Ours",
                         "type":"object","additionalProperties":false,
                         "properties":{"pattern":{"type":"string","pattern":"^x+$"},"n":{"type":["integer","null"]},
                           "list":{"type":"array","items":{"$ref":"#/$defs/word"}},"enum":{"enum":[1,"a",{"b":[2]}]}},
                         "$defs":{"word":{"type":"string","pattern":"^[a-z]+$"}}}
                        """);
        assertEquals(List.of("enum", "list", "n", "pattern"), List.copyOf(schema.names()));
        for (String valid :
                List.of(
                        "{}",
                        "{\"pattern\":\"xx\",\"n\":3,\"list\":[\"a\",\"b\"]}",
                        "{\"enum\":{\"b\":[2]}}",
                        "{\"enum\":1,\"n\":9007199254740993}",
                        "{\"n\":1.0}")) {
            assertEquals(List.of(), List.copyOf(schema.violations(object(valid))), valid);
        }
    }

    @Test
    @DisplayName("tells of each attribute by itself, and of what they owe each other")
    void several() {
        AttributeSchema schema =
                AttributeSchema.parse(
                        """
                        {"properties":{"a":{"type":"string"},"b":{"minimum":1},"c":{}},"dependentRequired":{"a":["c"]}}
                        """);
        assertEquals(
                List.of("attributes.a", "attributes.b"),
                schema.violations(object("{\"a\":1,\"b\":0,\"c\":1}")).stream()
                        .map(Violation::field)
                        .sorted()
                        .toList());
        assertEquals(
                List.of("attributes"),
                schema.violations(object("{\"a\":\"x\"}")).stream().map(Violation::field).toList());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"^(a+)+b", "^(([a-z])+.)+[A-Z]([a-z])+!", "^(a|aa)+b", "a*a*a*a*a*a*b"})
    @DisplayName("gives up on a pattern that would take for ever")
    void backtracking(String pattern) {
        AttributeSchema schema =
                AttributeSchema.parse(
                        "{\"properties\":{\"a\":{\"pattern\":%s}}}".formatted(Rest.quote(pattern)));
        for (String text : List.of("a".repeat(1000), "a".repeat(100_000))) {
            List<Violation> violations =
                    List.copyOf(schema.violations(object("{\"a\":" + Rest.quote(text) + "}")));
            assertEquals(
                    List.of("attributes.a"), violations.stream().map(Violation::field).toList());
        }
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) Rest.json(json);
    }
}
