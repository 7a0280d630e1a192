package org.bittern.rpc;

import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** Which fields {@link FieldTexts} have, in order. Immutable; shared by many of them. */
public final class FieldNames {
    private final List<String> names;
    private final BitSet ticking = new BitSet();

    /**
     * Names of the legacy dialect.
     *
     * @param ticking those that change with time alone, such as seconds that are counted
     */
    public FieldNames(List<String> names, Set<String> ticking) {
        this.names = List.copyOf(names);
        for (int i = 0; i < names.size(); i++) {
            this.ticking.set(i, ticking.contains(names.get(i)));
        }
    }

    public int count() {
        return names.size();
    }

    /** The name of a field by its place, from 0. */
    public String name(int field) {
        return names.get(field);
    }

    /** Whether a field changes with time alone. */
    public boolean ticks(int field) {
        return ticking.get(field);
    }

    /** Not to be changed. */
    BitSet ticking() {
        return ticking;
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof FieldNames that
                        && names.equals(that.names)
                        && ticking.equals(that.ticking));
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }
}
