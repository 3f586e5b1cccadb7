package io.freshet.lab.report.plot;

import java.util.Locale;

/** SVG's shapes, each with its class of the style sheet; coordinates are pixels. */
record Svg(Markup out) {

  void open(String style, int width, int height, String spoken) {
    String box = "0 0 " + width + " " + height;
    String[] attributes = {"class", style, "viewBox", box, "role", "img", "aria-label", spoken};
    out.open("svg", attributes);
  }

  void close() {
    out.close();
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    path(style, "M" + at(x1, y1) + "L" + at(x2, y2));
  }

  void path(String style, String path) {
    out.empty("path", "class", style, "d", path);
  }

  void dot(String style, double x, double y) {
    out.empty("circle", "class", style, "cx", px(x), "cy", px(y), "r", "2.5");
  }

  void text(String style, double x, double baseline, String anchor, String text) {
    String[] attributes = {"class", style, "x", px(x), "y", px(baseline), "text-anchor", anchor};
    out.element("text", text, attributes);
  }

  /** A rectangle with a text under the mouse. */
  void hover(double left, double top, double width, double height, String text) {
    String[] attributes = {
      "class", "hover", "x", px(left), "y", px(top), "width", px(width), "height", px(height)
    };
    out.open("rect", attributes).element("title", text).close();
  }

  static String at(double x, double y) {
    return px(x) + " " + px(y);
  }

  private static String px(double at) {
    return String.format(Locale.ROOT, "%.1f", at);
  }
}
