package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;

/** Strict access to a part of resume data: an entry may be absent, but not of the wrong kind. */
record ResumeFields(String part, BDict dict) {

    ResumeFields part(String key) throws ResumeException {
        return new ResumeFields(key, find(key, BDict.class).orElse(BDict.EMPTY));
    }

    OptionalLong number(String key, long least, long most) throws ResumeException {
        Optional<BInteger> value = find(key, BInteger.class);
        return value.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(number(key, value.get(), least, most));
    }

    /** A number that is 0 if absent, and is not negative. */
    long count(String key) throws ResumeException {
        return number(key, 0, Long.MAX_VALUE).orElse(0);
    }

    long number(String key, BValue value, long least, long most) throws ResumeException {
        if (value instanceof BInteger integer
                && integer.value() >= least
                && integer.value() <= most) {
            return integer.value();
        }
        throw wrong(key, value + ", expected a number from " + least + " to " + most);
    }

    Optional<BString> bytes(String key) throws ResumeException {
        return find(key, BString.class);
    }

    Optional<String> text(String key) throws ResumeException {
        Optional<BString> value = bytes(key);
        return value.isEmpty() ? Optional.empty() : Optional.of(text(key, value.get()));
    }

    String text(String key, BValue value) throws ResumeException {
        if (value instanceof BString string) {
            Optional<String> text = string.strictUtf8();
            if (text.isPresent()) {
                return text.get();
            }
        }
        throw wrong(key, value + ", expected a text");
    }

    Optional<BList> list(String key) throws ResumeException {
        return find(key, BList.class);
    }

    List<String> texts(String key, BValue value) throws ResumeException {
        if (!(value instanceof BList list)) {
            throw wrong(key, value + ", expected a list of texts");
        }
        List<String> texts = new ArrayList<>(list.size());
        for (BValue element : list) {
            texts.add(text(key, element));
        }
        return texts;
    }

    ResumeException wrong(String key, String what) {
        return new ResumeException("resume data: " + part + "/" + key + ": " + what);
    }

    private <T extends BValue> Optional<T> find(String key, Class<T> kind) throws ResumeException {
        Optional<BValue> value = dict.get(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!kind.isInstance(value.get())) {
            throw wrong(key, value.get() + " is of the wrong kind");
        }
        return Optional.of(kind.cast(value.get()));
    }
}
