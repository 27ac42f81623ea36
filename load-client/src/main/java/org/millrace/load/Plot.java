package org.millrace.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A plot of lines as HTML: the lines are SVG, stretched to whatever room there is; what is to be read is text beside them, so that it
 * keeps its size on a small screen. Each line has its name at its end, and is told from the others by its dashes as well as by its
 * colour.
 *
 * @param title over it
 * @param unit of the vertical axis, for the line under the title
 * @param summary in words what it shows, for those who do not see it
 */
record Plot(String title, String unit, String summary, Axis x, Axis y, List<Line> lines) {
    /** Room that a name takes of the height, so that names do not cover each other. */
    private static final double NAME_HEIGHT = 0.07;

    private static final double SCALE = 1000;

    /**
     * One line.
     *
     * @param name at its end
     * @param look its class in the style sheet
     * @param y as many as x; NaN leaves a gap
     */
    record Line(String name, String look, List<Double> x, List<Double> y) {}

    private record Name(Line line, double bottom) {}

    void writeTo(StringBuilder html) {
        html.append("<figure><figcaption><h2>").append(Html.escape(title)).append("</h2><p>");
        html.append(Html.escape(unit)).append("</p></figcaption>\n<div class=\"plot\">");
        html.append("<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
                .append(Html.escape(title + ". " + summary))
                .append("\">");
        grid(html);
        lines.forEach(line -> path(line, html));
        html.append("</svg>");
        ticks(html);
        names(html);
        html.append("</div></figure>\n");
    }

    private void grid(StringBuilder html) {
        html.append("<path class=\"grid\" d=\"M0 1000H1000");
        for (Axis.Tick tick : y.ticks()) {
            html.append("M0 ").append(down(tick.value())).append("H1000");
        }
        html.append("\"/>");
    }

    private void path(Line line, StringBuilder html) {
        StringBuilder stroke = new StringBuilder();
        StringBuilder dots = new StringBuilder(); // what stands alone would hardly be seen as a line
        for (int i = 0; i < line.y().size(); i++) {
            if (hasValue(line, i)) {
                boolean goesOn = hasValue(line, i - 1);
                String at = number(SCALE * x.at().applyAsDouble(line.x().get(i))) + " "
                        + down(line.y().get(i));
                if (goesOn || hasValue(line, i + 1)) {
                    stroke.append(goesOn ? 'L' : 'M').append(at);
                } else {
                    dots.append('M').append(at).append("h.01");
                }
            }
        }
        pathOf(stroke, "line " + line.look(), html);
        pathOf(dots, "line dots " + line.look(), html);
    }

    private static boolean hasValue(Line line, int i) {
        return i >= 0 && i < line.y().size() && !Double.isNaN(line.y().get(i));
    }

    private static void pathOf(StringBuilder strokes, String look, StringBuilder html) {
        if (!strokes.isEmpty()) {
            html.append("<path class=\"")
                    .append(look)
                    .append("\" d=\"")
                    .append(strokes)
                    .append("\"/>");
        }
    }

    private void ticks(StringBuilder html) {
        for (Axis.Tick tick : y.ticks()) {
            html.append("<span class=\"y\" style=\"bottom:").append(percent(y.at().applyAsDouble(tick.value())));
            html.append("\">").append(Html.escape(tick.label())).append("</span>");
        }
        for (int i = 0; i < x.ticks().size(); i++) {
            Axis.Tick tick = x.ticks().get(i);
            html.append(i % 2 == 0 ? "<span class=\"x\"" : "<span class=\"x odd\"")
                    .append(" style=\"left:");
            html.append(percent(x.at().applyAsDouble(tick.value()))).append("\">");
            html.append(Html.escape(tick.label())).append("</span>");
        }
    }

    private void names(StringBuilder html) {
        List<Name> names = new ArrayList<>();
        for (Line line : lines) {
            for (int i = line.y().size() - 1; i >= 0; i--) {
                if (!Double.isNaN(line.y().get(i))) {
                    names.add(new Name(line, y.at().applyAsDouble(line.y().get(i))));
                    break;
                }
            }
        }
        names.sort(Comparator.comparingDouble(Name::bottom));
        double least = 0;
        for (int i = 0; i < names.size(); i++) {
            double roomAbove = (names.size() - 1 - i) * NAME_HEIGHT;
            double bottom = Math.max(least, Math.min(names.get(i).bottom(), 1 - roomAbove));
            least = bottom + NAME_HEIGHT;
            html.append("<span class=\"name ").append(names.get(i).line().look());
            html.append("\" style=\"bottom:").append(percent(bottom)).append("\">");
            html.append(Html.escape(names.get(i).line().name())).append("</span>");
        }
    }

    private String down(double value) {
        return number(SCALE * (1 - y.at().applyAsDouble(value)));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * part);
    }
}
