package org.bittern.scaffold.errors.internal;

import org.apache.felix.http.jetty.ConnectorFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.osgi.service.component.annotations.Component;

/**
 * Gives each Jetty its error handler. Felix hands out a server to those who add a connector, and to
 * nobody else; the connector that it gets for it listens nowhere.
 */
@Component(service = ConnectorFactory.class)
public final class JsonErrors implements ConnectorFactory {
    @Override
    public Connector createConnector(Server server) {
        server.setErrorHandler(new JsonErrorHandler());
        return new Nowhere(server);
    }

    /** A connector without a socket or a thread: starting it does nothing. */
    private static final class Nowhere extends ServerConnector {
        Nowhere(Server server) {
            super(server);
            setHost("nowhere.invalid"); // RFC 6761; Felix lists it among its addresses
        }

        @Override
        public void open() {
            // nowhere to listen
        }

        @Override
        protected void doStart() {
            // no thread to accept anything
        }

        @Override
        protected void doStop() {
            // was never open
        }
    }
}
