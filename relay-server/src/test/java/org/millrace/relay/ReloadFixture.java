package org.millrace.relay;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests of an agent whose file changes: the agent, which a test starts. */
abstract class ReloadFixture {
    @TempDir
    Path directory;

    ChangingAgent agent;

    @BeforeEach
    void makeAgent() {
        agent = new ChangingAgent(directory);
    }

    @AfterEach
    void closeAgent() {
        agent.close();
    }
}
