package org.bittern.scaffold.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bittern.control.ControlException;
import org.jspecify.annotations.Nullable;

/**
 * One answer.
 *
 * @param status of HTTP
 * @param fields the JSON object
 * @param headers beside the usual ones
 * @param last whether the process ends once it is sent
 */
record Reply(
        int status,
        Map<String, @Nullable Object> fields,
        Map<String, String> headers,
        boolean last) {

    static Reply success(Map<String, ? extends @Nullable Object> result, boolean last) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("ok", true);
        fields.putAll(result);
        return new Reply(200, fields, Map.of(), last);
    }

    static Reply failure(int status, String code, @Nullable String error) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("ok", false);
        fields.put("error", error);
        fields.put("code", code);
        return new Reply(status, fields, Map.of(), false);
    }

    static Reply refusal(ControlException e) {
        int status =
                switch (e.code()) {
                    case ENGINE_NOT_RUNNING, TORRENT_NOT_FOUND -> 404;
                    case ENGINE_ALREADY_RUNNING -> 409;
                    case INVALID_REQUEST -> 400;
                    case INTERNAL_ERROR -> 500;
                };
        return failure(status, e.code().text(), e.getMessage());
    }

    Reply with(String header, String value) {
        return new Reply(status, fields, Map.of(header, value), last);
    }
}
