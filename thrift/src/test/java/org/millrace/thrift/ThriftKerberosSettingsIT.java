package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.thrift.KerberosPeer.message;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.testkit.RecordedProblems;

/** Keys of Kerberos: what is wrong is named, with what is expected. */
class ThriftKerberosSettingsIT extends KerberosFixture {
    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "kerberos | yes | kerberos: yes (expected: true or false)",
                "agent-principal | '' | agent-principal: missing (expected: such as flume/_HOST@EXAMPLE.COM, ",
                "agent-principal | flume@OURS.EXAMPLE | agent-principal: flume@OURS.EXAMPLE: it has not the form ",
                "agent-principal | flume/other@OURS.EXAMPLE | agent-keytab: KEYTAB: it is no keytab, or has no key of ",
                "agent-keytab | '' | agent-keytab: missing (expected: a keytab that can be read)",
                "agent-keytab | no-such-file | agent-keytab: no-such-file: there is no such file (expected: ",
                "agent-keytab | . | agent-keytab: .: it is no file (expected: ",
                "kerberosTimeout | 0 | kerberosTimeout: 0 (expected: a number of seconds, 1 to 3600)"
            })
    void aBadValueOfTheSourceIsNamedWithItsKey(String key, String value, String message) {
        RecordedProblems problems = new RecordedProblems();
        Map<String, String> values = new HashMap<>(Map.of("bind", "127.0.0.1", "port", "0", "kerberos", "true"));
        values.putAll(Map.of("agent-principal", "flume/localhost@OURS.EXAMPLE", "agent-keytab", agentKeytab + ""));
        values.put(key, value);
        ThriftSourceSettings.read(problems.settings(values));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(message.replace("KEYTAB", agentKeytab.toString()));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "kerberos | yes | kerberos: yes (expected: true or false)",
                "client-principal | '' | client-principal: missing (expected: such as flume/_HOST@EXAMPLE.COM, ",
                "client-principal | a/b/c@@ | client-principal: a/b/c@@: ",
                "client-principal | jim@OURS.EXAMPLE | client-keytab: KEYTAB: it is no keytab, or has no key of jim",
                "client-keytab | '' | client-keytab: missing (expected: a keytab that can be read)",
                "client-keytab | no-such-file | client-keytab: no-such-file: there is no such file (expected: ",
                "server-principal | '' | server-principal: missing (expected: such as flume/collector.example.com@",
                "server-principal | flume@OURS.EXAMPLE | server-principal: flume@OURS.EXAMPLE: it has not the form "
            })
    void aBadValueOfTheSinkIsNamedWithItsKey(String key, String value, String message) {
        RecordedProblems problems = new RecordedProblems();
        Map<String, String> values = new HashMap<>(Map.of("hostname", "h", "port", "4141", "kerberos", "true"));
        values.putAll(Map.of("client-principal", "joe@OURS.EXAMPLE", "client-keytab", clientKeytab.toString()));
        values.put("server-principal", "flume/localhost@OURS.EXAMPLE");
        values.put(key, value);
        ThriftSinkSettings.read(problems.settings(values));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(message.replace("KEYTAB", clientKeytab.toString()));
    }
}
