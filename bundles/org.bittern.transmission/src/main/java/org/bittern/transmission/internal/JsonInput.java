package org.bittern.transmission.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.jspecify.annotations.Nullable;

/** Reads requests within limits of depth and count; their size is the door's business. */
final class JsonInput {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_TOKENS = 2_000_000;

    /** A torrent file in base64 is one text. */
    private static final int MAX_TEXT = 34 << 20;

    private static final ObjectMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxTokenCount(MAX_TOKENS)
                                                    .maxStringLength(MAX_TEXT)
                                                    .build())
                                    .build())
                    .disable(DeserializationFeature.WRAP_EXCEPTIONS)
                    .build();

    private JsonInput() {}

    /**
     * One value: maps, lists, texts, numbers, truth values or null.
     *
     * @throws RpcException PARSE: there is none, or it is not JSON
     * @throws IOException the connection broke, or the door refuses the body
     */
    static @Nullable Object read(InputStream in) throws IOException, RpcException {
        try (JsonParser parser = JSON.createParser(in)) {
            if (parser.nextToken() == null) {
                throw new RpcException(RpcError.PARSE, "No content");
            }
            Object value = JSON.readValue(parser, Object.class);
            if (parser.nextToken() != null) {
                throw new RpcException(RpcError.PARSE, "there is more than one value");
            }
            return value;
        } catch (JsonProcessingException e) {
            // Its message would quote what was sent.
            throw new RpcException(
                    RpcError.PARSE,
                    "Couldn't parse JSON at position "
                            + (e.getLocation() == null ? 0 : e.getLocation().getByteOffset()));
        }
    }
}
