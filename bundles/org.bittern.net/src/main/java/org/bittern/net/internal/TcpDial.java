package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.jspecify.annotations.Nullable;

/** A connection in the making. Owned by its loop. */
final class TcpDial implements Watched {
    private final SelectorLoop loop;
    private final SocketChannel channel;
    private final Destination destination;
    private final Transport.Dial handler;
    private final SelectionKey key;
    private @Nullable ProxyTalk talk; // null without a proxy, and until it is reached
    private EventLoop.@Nullable Timer timeout; // null until it is armed
    private boolean over;

    /**
     * Where a dial goes.
     *
     * @param peer whom it is meant for
     * @param first whom the socket is connected with: the peer or a proxy
     * @param dialogue how to get from the proxy to the peer; null without a proxy
     */
    record Destination(
            InetSocketAddress peer, InetSocketAddress first, @Nullable ProxyDialogue dialogue) {
        static Destination direct(InetSocketAddress peer) {
            return new Destination(peer, peer, null);
        }
    }

    private TcpDial(
            SelectorLoop loop,
            SocketChannel channel,
            Destination destination,
            Transport.Dial handler)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.destination = destination;
        this.handler = handler;
        key = loop.register(channel, this);
    }

    /**
     * @throws IOException at once, when the dial cannot even begin; the handler was not called
     */
    static void begin(
            SelectorLoop loop,
            InetSocketAddress local,
            Destination destination,
            long timeoutNanos,
            Transport.Dial handler)
            throws IOException {
        InetSocketAddress remote = destination.first();
        SocketChannel channel = SocketChannel.open(family(local, remote));
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (!Sockets.host(local).isAnyLocalAddress() || local.getPort() != 0) {
                channel.bind(local); // fails when the address is gone: nothing leaks past a VPN
            }
            TcpDial dial = new TcpDial(loop, channel, destination, handler);
            if (channel.connect(remote)) {
                loop.execute(() -> dial.ready(SelectionKey.OP_CONNECT));
                return;
            }
            dial.key.interestOps(SelectionKey.OP_CONNECT);
            dial.timeout =
                    loop.schedule(
                            timeoutNanos, () -> dial.failed(new IOException("no answer in time")));
        } catch (IOException e) {
            Sockets.closeQuietly(channel);
            throw e;
        }
    }

    private static StandardProtocolFamily family(InetSocketAddress local, InetSocketAddress remote)
            throws IOException {
        InetAddress from = Sockets.host(local);
        StandardProtocolFamily family = Sockets.familyOf(Sockets.host(remote));
        if (!from.isAnyLocalAddress() && Sockets.familyOf(from) != family) {
            throw new IOException("cannot dial " + remote + " from " + from.getHostAddress());
        }
        return family;
    }

    @Override
    public void ready(int readyOps) {
        if (over) {
            return;
        }
        TcpConnection connection;
        try {
            if (!channel.finishConnect()) {
                return;
            }
            int missing = talked();
            if (missing != 0) {
                key.interestOps(missing);
                return;
            }
            connection = new TcpConnection(loop, channel, destination.peer());
        } catch (IOException e) {
            failed(e);
            return;
        }
        finish();
        connection.adopt(key);
        boolean taken = false;
        try {
            handler.connected(connection);
            taken = true;
        } finally {
            if (!taken) {
                connection.close();
            }
        }
    }

    /** What to wait for; 0 when bytes flow to the peer. */
    private int talked() throws IOException {
        ProxyDialogue dialogue = destination.dialogue();
        if (dialogue == null) {
            return 0;
        }
        if (talk == null) {
            talk = new ProxyTalk(dialogue);
        }
        return talk.proceed(channel);
    }

    @Override
    public void failed(IOException reason) {
        if (!over) {
            finish();
            Sockets.closeQuietly(channel);
            handler.failed(Sockets.reason(reason));
        }
    }

    private void finish() {
        over = true;
        if (timeout != null) {
            timeout.cancel();
        }
    }
}
