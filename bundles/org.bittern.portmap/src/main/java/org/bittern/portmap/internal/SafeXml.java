package org.bittern.portmap.internal;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.MissingResourceException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The one place where XML is read: without document types, and so without entities of any kind.
 * Stateless.
 */
final class SafeXml {
    /** Deeper elements are an error. */
    static final int MAX_DEPTH = 32;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private SafeXml() {}

    /** Hears of elements that contain text. */
    interface Listener {
        void begun(String name);

        /**
         * An element ended.
         *
         * @param text what it contained directly, without spaces around it
         */
        void ended(String name, String text);
    }

    /**
     * Reads a document.
     *
     * @throws IOException it is no XML, has a document type or is too deep
     */
    static void read(byte[] document, Listener listener) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities are not read");
        });
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(text(document));
            read(reader, listener);
            reader.close();
        } catch (XMLStreamException | MissingResourceException e) {
            // The JDK has no text for some of the errors in a document type, and throws that.
            throw new IOException("the gateway's XML is damaged", e);
        }
    }

    /**
     * UTF-8, which UPnP demands. Given bytes, the JDK's reader prints what is wrong with them on
     * standard error.
     */
    private static Reader text(byte[] document) {
        String text = new String(document, StandardCharsets.UTF_8);
        return new StringReader(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
    }

    private static void read(XMLStreamReader reader, Listener listener)
            throws XMLStreamException, IOException {
        StringBuilder text = new StringBuilder();
        int depth = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++depth > MAX_DEPTH) {
                        throw new IOException("the gateway's XML is too deep");
                    }
                    text.setLength(0);
                    listener.begun(reader.getLocalName());
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
                        text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    listener.ended(reader.getLocalName(), text.toString().strip());
                    text.setLength(0);
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new IOException("the gateway's XML has a document type");
                default -> {} // comments and the like
            }
        }
    }
}
