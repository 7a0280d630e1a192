package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * UPnP Internet Gateway Device, versions 1 and 2: asks for mappings by SOAP. One thread.
 *
 * <p>The gateway is looked for once and again when it does not answer any more.
 */
final class Upnp implements MapMethod {
    private static final int LEASE_SECONDS = 3600;
    private static final int ONLY_PERMANENT = 725;
    private static final int CONFLICT = 718;
    private static final int TRIES_ON_CONFLICT = 3;
    private static final int OK = 200;

    private final Discoverer discoverer;
    private @Nullable IgdService service; // null until a gateway was found

    /** Finds gateways. */
    interface Discoverer {
        /**
         * Looks for a gateway on the local network.
         *
         * @throws IOException there is none
         */
        IgdService find() throws IOException;
    }

    Upnp(Discoverer discoverer) {
        this.discoverer = discoverer;
    }

    @Override
    public String name() {
        return "upnp";
    }

    @Override
    public Mapped map(Kind kind, int port, int external) throws IOException {
        try {
            return map(found(), kind, port, external);
        } catch (IOException e) {
            service = null; // the next try looks for it again
            throw e;
        }
    }

    private IgdService found() throws IOException {
        IgdService known = service;
        if (known == null) {
            known = discoverer.find();
            service = known;
        }
        return known;
    }

    private Mapped map(IgdService gateway, Kind kind, int port, int external) throws IOException {
        int wanted = external;
        for (int i = 0; i < TRIES_ON_CONFLICT; i++) {
            SoapAnswer answer = add(gateway, kind, port, wanted, LEASE_SECONDS);
            long lifetime = LEASE_SECONDS;
            if (answer.error() == ONLY_PERMANENT) {
                answer = add(gateway, kind, port, wanted, 0);
                lifetime = 0;
            }
            if (answer.error() == 0) {
                return new Mapped(outside(gateway), wanted, lifetime);
            }
            if (answer.error() != CONFLICT) {
                throw new IOException("the gateway refused, UPnP error " + answer.error());
            }
            wanted = wanted < 65_535 ? wanted + 1 : 1024; // another host has it: the next one
        }
        throw new IOException("the gateway has given the port to another host");
    }

    private static SoapAnswer add(IgdService gateway, Kind kind, int port, int external, int lease)
            throws IOException {
        String arguments =
                "<NewRemoteHost></NewRemoteHost><NewExternalPort>%d</NewExternalPort>"
                                .formatted(external)
                        + "<NewProtocol>%s</NewProtocol><NewInternalPort>%d</NewInternalPort>"
                                .formatted(kind, port)
                        + "<NewInternalClient>%s</NewInternalClient><NewEnabled>1</NewEnabled>"
                                .formatted(gateway.ourAddress().getHostAddress())
                        + "<NewPortMappingDescription>Bittern</NewPortMappingDescription>"
                        + "<NewLeaseDuration>%d</NewLeaseDuration>".formatted(lease);
        return call(gateway, "AddPortMapping", arguments);
    }

    private static Optional<InetAddress> outside(IgdService gateway) throws IOException {
        SoapAnswer answer = call(gateway, "GetExternalIPAddress", "");
        String text = answer.values().getOrDefault("NewExternalIPAddress", "");
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void unmap(Kind kind, int port, int external) throws IOException {
        IgdService gateway = service;
        if (gateway != null) {
            call(
                    gateway,
                    "DeletePortMapping",
                    "<NewRemoteHost></NewRemoteHost><NewExternalPort>%d</NewExternalPort><NewProtocol>%s</NewProtocol>"
                            .formatted(external, kind));
        }
    }

    /**
     * What came of a call.
     *
     * @param error 0 = none
     * @param values texts by the name of their element
     */
    private record SoapAnswer(int error, Map<String, String> values) {}

    private static SoapAnswer call(IgdService gateway, String action, String arguments)
            throws IOException {
        String body =
                "<?xml version=\"1.0\"?><s:Envelope"
                        + " xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
                        + " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"
                        + "<s:Body><u:%s xmlns:u=\"%s\">".formatted(action, gateway.type())
                        + arguments
                        + "</u:%s></s:Body></s:Envelope>".formatted(action);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head =
                "Content-Type: text/xml; charset=\"utf-8\"\r\nContent-Length: %d\r\nSOAPAction: \"%s#%s\"\r\n"
                        .formatted(bytes.length, gateway.type(), action);
        LanHttp.Answer answer = LanHttp.ask(gateway.control(), "POST", head, bytes);
        Map<String, String> values = new HashMap<>();
        SafeXml.read(
                answer.body(),
                new SafeXml.Listener() {
                    @Override
                    public void begun(String name) {
                        // only texts matter
                    }

                    @Override
                    public void ended(String name, String text) {
                        values.putIfAbsent(name, text);
                    }
                });
        String code = values.getOrDefault("errorCode", "");
        if (code.matches("\\d{1,6}")) {
            return new SoapAnswer(Integer.parseInt(code), values);
        }
        if (answer.status() != OK) {
            throw new IOException("the gateway answers with status " + answer.status());
        }
        return new SoapAnswer(0, values);
    }

    /**
     * The part of a gateway that maps ports.
     *
     * @param type URN with version, as it stands in the description
     * @param control where calls go; same host as the gateway that was found
     * @param ourAddress our own towards it
     */
    record IgdService(String type, URI control, InetAddress ourAddress) {
        /** Types that map ports, in lower case without version. */
        static boolean isMapper(String type) {
            String lower = type.toLowerCase(Locale.ROOT);
            return lower.matches(
                    "urn:schemas-upnp-org:service:(wanipconnection|wanpppconnection):[12]");
        }
    }
}
