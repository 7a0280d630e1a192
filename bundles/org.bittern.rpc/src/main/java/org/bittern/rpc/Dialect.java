package org.bittern.rpc;

/** The two forms of Transmission's RPC. */
public enum Dialect {
    /** {@code method, arguments, tag}: all releases. Names come in in any spelling. */
    LEGACY,
    /** JSON-RPC 2.0, since 4.1: snake_case only. */
    JSON_RPC;

    /**
     * How this dialect spells a name.
     *
     * @param legacy the name in the legacy dialect; one of ours, never a caller's
     */
    public String spell(String legacy) {
        return this == LEGACY ? legacy : Names.snakeOfOurs(legacy);
    }
}
