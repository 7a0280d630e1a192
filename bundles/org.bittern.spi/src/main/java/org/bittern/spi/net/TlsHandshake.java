package org.bittern.spi.net;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** How a client secures a connection that it has made (RFC 8446; names: RFC 2818, 3.1). */
public final class TlsHandshake {
    private TlsHandshake() {}

    /**
     * Secures a connection to a host whose certificate names it. Blocks.
     *
     * <p>However slowly bytes drip in, the handshake ends at the deadline, and each later read when
     * it has taken as long as the socket's time limit says.
     *
     * @param plain stays the caller's to close if this fails; else closing the result closes it
     * @param host whom the certificate must name
     * @throws java.net.SocketTimeoutException the handshake is not over at the deadline
     * @throws javax.net.ssl.SSLException there is no agreement, or the certificate is not good
     * @throws IOException the connection was lost
     */
    public static SSLSocket lead(
            SSLSocketFactory tls, Socket plain, String host, int port, Deadline deadline)
            throws IOException {
        Socket timed = new TimedSocket(plain);
        timed.setSoTimeout(deadline.millisLeft());
        SSLSocket socket = (SSLSocket) tls.createSocket(timed, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate names the host
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
