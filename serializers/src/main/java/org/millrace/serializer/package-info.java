/**
 * How events become the bytes of a file: Flume's serializers, for every sink that writes files, without anything of Hadoop's. Start
 * reading at {@link org.millrace.serializer.SerializerChoice}, which reads the keys.
 */
@NullMarked
package org.millrace.serializer;

import org.jspecify.annotations.NullMarked;
