/**
 * Parts of components that the file names, such as the handler of an HTTP source or the serializer of a sink: what a plug-in implements to
 * bring one of its own. Each is made by a {@link org.millrace.api.ComponentFactory} of its kind, from a {@link
 * org.millrace.api.part.PartContext} and the keys behind the one that names it. Start reading at {@link
 * org.millrace.api.part.HttpHandler}.
 */
@NullMarked
package org.millrace.api.part;

import org.jspecify.annotations.NullMarked;
