package org.millrace.load;

import java.util.List;

/** Text and tables for HTML. Whatever is given is text: it never becomes markup. */
final class Html {
    private Html() {}

    /** For text and for attributes in double quotes. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(isForbidden(c) ? '\ufffd' : c);
            }
        }
        return escaped.toString();
    }

    /** Control characters, which HTML does not allow. */
    private static boolean isForbidden(char c) {
        return (c < ' ' && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
    }

    /** A table of names and what they stand for. */
    static void facts(List<List<String>> rows, StringBuilder html) {
        html.append("<div class=\"wide\"><table class=\"facts\"><tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr><th scope=\"row\">").append(escape(row.get(0))).append("</th><td>");
            html.append(escape(row.get(1))).append("</td></tr>\n");
        }
        html.append("</tbody></table></div>\n");
    }

    /** A table of figures, with a line of names over it. */
    static void table(List<String> names, List<List<String>> rows, StringBuilder html) {
        html.append("<div class=\"wide\"><table><thead><tr>");
        names.forEach(
                name -> html.append("<th scope=\"col\">").append(escape(name)).append("</th>"));
        html.append("</tr></thead><tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
            html.append("</tr>\n");
        }
        html.append("</tbody></table></div>\n");
    }
}
