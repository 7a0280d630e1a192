package org.bittern.portmap.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
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
            XMLStreamReader reader =
                    factory.createXMLStreamReader(new ByteArrayInputStream(document));
            read(reader, listener);
            reader.close();
        } catch (XMLStreamException e) {
            throw new IOException("the gateway's XML is damaged", e);
        }
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
