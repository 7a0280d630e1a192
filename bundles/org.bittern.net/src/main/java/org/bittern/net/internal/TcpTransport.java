package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** TCP: listens and dials, asks the filters before it does either. Thread-safe. */
@Component(property = Transport.NAME + "=" + TcpTransport.TCP)
public final class TcpTransport implements Transport {
    static final String TCP = "tcp";

    private final SelectorLoops loops;
    private final RoutedEgress egress;

    @Activate
    public TcpTransport(@Reference SelectorLoops loops, @Reference RoutedEgress egress) {
        this.loops = loops;
        this.egress = egress;
    }

    @Override
    public String name() {
        return TCP;
    }

    @Override
    public boolean serves(EventLoop loop) {
        return loops.loops().contains(loop);
    }

    @Override
    public Listener listen(InetSocketAddress local, Consumer<Connection> acceptor)
            throws IOException {
        return TcpListener.open(this, local, acceptor);
    }

    @Override
    public void connect(
            EventLoop loop,
            InetSocketAddress local,
            InetSocketAddress remote,
            long timeoutNanos,
            Dial handler) {
        SelectorLoop owner = SelectorLoop.of(loop);
        owner.assertOwner();
        if (timeoutNanos < 1) {
            throw new IllegalArgumentException(
                    "timeout of " + timeoutNanos + " ns, 1 or more allowed");
        }
        try {
            if (blocked(Sockets.host(remote))) {
                throw new IOException("blocked by a filter");
            }
            PeerWay way = egress.wayTo(remote, local);
            TcpDial.begin(owner, way.local(), way.destination(), timeoutNanos, handler);
        } catch (IOException e) {
            owner.execute(() -> handler.failed(Sockets.reason(e)));
        } catch (UnsupportedOperationException e) {
            owner.execute(() -> handler.failed("this machine cannot dial " + remote));
        }
    }

    SelectorLoops loops() {
        return loops;
    }

    boolean blocked(InetAddress address) {
        return egress.blocked(address);
    }
}
