package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void valuesNestOnOneLine() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("n", 1L);
        value.put("list", List.of(true, "x", Map.of(), List.of()));
        assertThat(Json.line(value)).isEqualTo("{\"n\":1,\"list\":[true,\"x\",{},[]]}");
    }

    @Test
    void valuesAreIndentedForPeople() {
        assertThat(Json.pretty(Map.of("a", List.of(1, Map.of("b", "c")), "e", List.of())
                        .get("a")))
                .isEqualTo("[\n  1,\n  {\n    \"b\": \"c\"\n  }\n]");
    }

    @Test
    void textsAreEscaped() {
        assertThat(Json.line("a\"b\\c\n\r\t\u0000\u001b\u007f"))
                .isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\u0000\\u001b\\u007f\"");
        assertThat(Json.line("ü😀")).isEqualTo("\"ü😀\"");
        assertThat(Json.line("\ud83d.\ude00")).isEqualTo("\"\\ud83d.\\ude00\"");
    }
}
