package org.bittern.web;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A service behind a WebSocket, with the property {@value #PATH}. The class that the server sees is
 * the kit's own, so a handler's bundle can be replaced: its sockets are then closed with code 1001.
 * Only callers with the token get in.
 */
@ConsumerType
public interface SocketHandler {
    /** Service property: the exact path, such as {@code /ws}. */
    String PATH = "bittern.web.socket.path";

    /** Service property: bytes that a message of the client may have, default 65536. */
    String MESSAGE_LIMIT = "bittern.web.socket.message.limit";

    /**
     * A client has connected; messages may be sent at once.
     *
     * @param query decoded parameters of the URL, without the token
     * @return gets what the client sends
     */
    Events opened(Socket socket, Map<String, List<String>> query);

    /** What a client does; one call at a time for each socket. */
    @ConsumerType
    interface Events {
        /** A whole text message. */
        void text(String message);

        /** A whole binary message; the array belongs to the receiver. */
        void binary(byte[] message);

        /** The last call; also after a failure, and after a close of our own. */
        void closed(int code, String reason);
    }
}
