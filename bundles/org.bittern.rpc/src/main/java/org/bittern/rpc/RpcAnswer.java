package org.bittern.rpc;

import java.io.IOException;
import java.util.Map;

/**
 * The result of a call that was performed. Writing it fails with the connection only, and breaks it
 * when what it still has to ask is gone.
 */
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
