package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway says about itself: the first service that maps ports.
 *
 * @param type URN of the service
 * @param controlPath where it is called, relative or absolute
 */
record Description(String type, URI controlPath) {
    /**
     * Reads a description.
     *
     * @throws IOException it has no such service, or is no description
     */
    static Description read(byte[] xml) throws IOException {
        Finder finder = new Finder();
        SafeXml.read(xml, finder);
        Description found = finder.found;
        if (found == null) {
            throw new IOException("a gateway that maps no ports");
        }
        return found;
    }

    /** Looks at one service after the other. */
    private static final class Finder implements SafeXml.Listener {
        private @Nullable Description found; // null until there is one
        private String type = "";
        private String control = "";

        @Override
        public void begun(String name) {
            if (name.equals("service")) {
                type = "";
                control = "";
            }
        }

        @Override
        public void ended(String name, String text) {
            switch (name) {
                case "serviceType" -> type = text;
                case "controlURL" -> control = text;
                case "service" -> {
                    if (found == null && Upnp.IgdService.isMapper(type) && !control.isEmpty()) {
                        found = made();
                    }
                }
                default -> {} // says nothing about mappings
            }
        }

        private @Nullable Description made() {
            try {
                return new Description(type, new URI(control));
            } catch (URISyntaxException e) {
                return null;
            }
        }
    }
}
