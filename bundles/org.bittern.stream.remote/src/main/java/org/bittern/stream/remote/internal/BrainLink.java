package org.bittern.stream.remote.internal;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain.RangeListener;
import org.bittern.api.stream.RangeRequest;
import org.bittern.web.Socket;
import org.bittern.web.SocketHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of one brain: questions out, answers in. Thread-safe. */
final class BrainLink implements SocketHandler.Events {
    private static final Logger log = LoggerFactory.getLogger(BrainLink.class);
    private static final RangeAnswer GONE = new RangeAnswer.Gone("the brain has gone");

    private final Socket socket;
    private final RemoteFiles files;
    private final Map<UUID, Pending> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A request without a last word. */
    private record Pending(RangeListener listener, boolean blocked) {}

    BrainLink(Socket socket, RemoteFiles files) {
        this.socket = socket;
        this.files = files;
    }

    void request(RangeRequest request, RangeListener answers) {
        waiting.put(request.requestId(), new Pending(answers, false));
        if (!closed) {
            socket.send(Message.request(request));
        }
        // Of a socket that the server gave up, as when it is exchanged, nobody tells the end.
        if ((closed || !socket.isOpen()) && waiting.remove(request.requestId()) != null) {
            answers.answer(GONE);
        }
    }

    void cancel(UUID requestId) {
        waiting.remove(requestId);
        if (!closed) {
            socket.send(Message.cancel(requestId));
        }
    }

    /** Of a socket that is closed from this side nobody tells the end. */
    void close() {
        socket.close(1001, "the streaming endpoint stops");
        end();
    }

    @Override
    public void text(String text) {
        switch (Message.parse(text)) {
            case Message.Answer answer -> answered(answer.requestId(), answer.answer());
            case Message.Register register -> files.register(register.file(), this);
            case Message.Unregister gone -> files.unregister(gone.fileId(), this);
            case Message.Unusable unusable -> log.debug("ignored: {}", unusable.why());
        }
    }

    /** Events come one at a time, so nothing else moves an entry on. */
    private void answered(UUID requestId, RangeAnswer answer) {
        Pending pending = waiting.get(requestId);
        if (pending == null || !legal(pending, answer)) {
            log.debug("ignored: out of order for {}", requestId);
            return;
        }
        switch (answer) {
            case RangeAnswer.Block ignored ->
                    waiting.replace(requestId, new Pending(pending.listener(), true));
            case RangeAnswer.Progress ignored -> {}
            case RangeAnswer.Available ignored -> waiting.remove(requestId);
            case RangeAnswer.Ready ignored -> waiting.remove(requestId);
            case RangeAnswer.Reject ignored -> waiting.remove(requestId);
            case RangeAnswer.Gone ignored -> waiting.remove(requestId);
        }
        pending.listener().answer(answer);
    }

    private static boolean legal(Pending pending, RangeAnswer answer) {
        return switch (answer) {
            case RangeAnswer.Available ignored -> !pending.blocked();
            case RangeAnswer.Block ignored -> !pending.blocked();
            case RangeAnswer.Progress ignored -> pending.blocked();
            case RangeAnswer.Ready ignored -> pending.blocked();
            case RangeAnswer.Reject ignored -> true;
            case RangeAnswer.Gone ignored -> true;
        };
    }

    @Override
    public void binary(byte[] message) {
        log.debug("ignored: a binary message");
    }

    @Override
    public void closed(int code, String reason) {
        end();
    }

    private void end() {
        closed = true;
        for (UUID request : List.copyOf(waiting.keySet())) {
            Pending pending = waiting.remove(request);
            if (pending != null) {
                pending.listener().answer(GONE);
            }
        }
    }
}
