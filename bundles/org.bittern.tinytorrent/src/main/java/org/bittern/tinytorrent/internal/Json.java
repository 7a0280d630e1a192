package org.bittern.tinytorrent.internal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Texts in JSON. */
final class Json {
    private Json() {}

    static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
