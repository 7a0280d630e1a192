package org.bittern.rpc;

/** What can be wrong, with codes and messages of JSON-RPC and of Transmission 4.1. */
public enum RpcError {
    PARSE(-32700, "Parse error"),
    INVALID_REQUEST(-32600, "Invalid Request"),
    METHOD_NOT_FOUND(-32601, "Method not found"),
    INVALID_PARAMS(-32602, "Invalid params"),
    INTERNAL(-32603, "Internal error"),
    ANNOUNCE_LIST(1, "error setting announce list"),
    TRACKER_LIST(2, "Invalid tracker list"),
    RELATIVE_PATH(3, "path is not absolute"),
    UNRECOGNIZED(4, "unrecognized info"),
    SYSTEM(5, "system error"),
    FILE_INDEX(6, "file index out of range"),
    PIECE_INDEX(7, "piece index out of range"),
    HTTP(8, "HTTP error from backend service"),
    CORRUPT_TORRENT(9, "invalid or corrupt torrent file"),
    NO_BLOCKLIST_RULES(10, "couldn't parse any valid blocklist rules");

    private final int code;
    private final String message;

    RpcError(int code, String message) {
        this.code = code;
        this.message = message;
    }

    public int code() {
        return code;
    }

    public String message() {
        return message;
    }
}
