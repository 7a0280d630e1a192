package org.bittern.rpc;

import java.io.IOException;
import java.util.Map;

/** The result of a call that was performed: writing it cannot fail but for the connection. */
@FunctionalInterface
public interface RpcAnswer {
    /** Success, and nothing to tell. */
    RpcAnswer NONE = out -> {};

    /** Writes the members of {@code arguments}. */
    void write(RpcWriter out) throws IOException;

    /**
     * An answer from plain values.
     *
     * @param members names of the legacy dialect; texts, numbers, truth values, lists, maps, null
     */
    static RpcAnswer of(Map<String, ?> members) {
        return out -> {
            for (Map.Entry<String, ?> member : members.entrySet()) {
                out.field(member.getKey());
                out.value(member.getValue());
            }
        };
    }
}
