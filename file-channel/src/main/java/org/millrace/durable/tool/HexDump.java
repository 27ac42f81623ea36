package org.millrace.durable.tool;

import java.io.PrintWriter;

/** Sixteen bytes a line: offset, bytes, and what of them is ASCII. */
final class HexDump {
    private static final int PER_LINE = 16;
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private HexDump() {}

    static void print(byte[] array, int offset, int length, PrintWriter out) {
        for (int at = 0; at < length; at += PER_LINE) {
            out.print(line(array, offset, at, Math.min(PER_LINE, length - at)));
            out.print('\n');
        }
    }

    private static String line(byte[] array, int offset, int at, int bytes) {
        StringBuilder line = new StringBuilder(80).append("  ");
        for (int shift = 28; shift >= 0; shift -= 4) {
            line.append(DIGITS[(at >>> shift) & 0xF]);
        }
        line.append("  ");
        for (int i = 0; i < PER_LINE; i++) {
            if (i < bytes) {
                int b = array[offset + at + i];
                line.append(DIGITS[(b >> 4) & 0xF]).append(DIGITS[b & 0xF]).append(' ');
            } else {
                line.append("   ");
            }
            line.append(i == PER_LINE / 2 - 1 ? " " : "");
        }
        line.append('|');
        for (int i = 0; i < bytes; i++) {
            byte b = array[offset + at + i];
            line.append(b >= ' ' && b < 0x7F ? (char) b : '.');
        }
        return line.append('|').toString();
    }
}
