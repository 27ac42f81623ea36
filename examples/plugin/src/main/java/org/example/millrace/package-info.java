/** A source, an interceptor, a sink and a handler of HTTP requests to copy: each with the factory that Millrace finds it by. */
package org.example.millrace;
