package org.bittern.stream.internal;

import java.util.Comparator;

/** Orders names as people do: numbers by value, letters without case, so 2 comes before 10. */
final class NaturalOrder implements Comparator<String> {
    static final Comparator<String> NAMES =
            new NaturalOrder().thenComparing(Comparator.naturalOrder());

    private NaturalOrder() {}

    @Override
    public int compare(String first, String second) {
        int i = 0;
        int j = 0;
        while (i < first.length() && j < second.length()) {
            int order;
            if (isDigit(first.charAt(i)) && isDigit(second.charAt(j))) {
                int endOfFirst = endOfNumber(first, i);
                int endOfSecond = endOfNumber(second, j);
                order = numbers(first.substring(i, endOfFirst), second.substring(j, endOfSecond));
                i = endOfFirst;
                j = endOfSecond;
            } else {
                order =
                        Character.compare(
                                Character.toLowerCase(first.charAt(i++)),
                                Character.toLowerCase(second.charAt(j++)));
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(first.length() - i, second.length() - j);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int endOfNumber(String text, int begin) {
        int end = begin;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** By value, of any length. */
    private static int numbers(String first, String second) {
        String a = first.replaceFirst("^0+(?=.)", "");
        String b = second.replaceFirst("^0+(?=.)", "");
        return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }
}
