package org.millrace.hdfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ConfigFilter;

/** Credential stores of Hadoop's, opened when the first value is asked for. Of equal keys the first store's counts. One thread. */
final class CredentialStore implements ConfigFilter {
    private final Configuration configuration;
    private @Nullable List<CredentialProvider> stores;

    CredentialStore(Configuration configuration) {
        this.configuration = configuration;
    }

    @Override
    public @Nullable String value(String key) throws FilterException {
        try {
            for (CredentialProvider store : stores()) {
                CredentialProvider.CredentialEntry entry = store.getCredentialEntry(key);
                if (entry != null) {
                    return new String(entry.getCredential());
                }
            }
            return null;
        } catch (IOException | RuntimeException e) { // Hadoop tells of a bad path and of a bad password by either
            throw new FilterException("the credential store cannot be read: " + e.getMessage(), e);
        }
    }

    private List<CredentialProvider> stores() throws IOException {
        if (stores == null) {
            stores = new ArrayList<>(CredentialProviderFactory.getProviders(configuration));
        }
        return stores;
    }
}
