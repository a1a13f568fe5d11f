package dev.weighbridge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxySettingsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "HTTP_PROXY", "http://plain.example:3128",
            "https_proxy", "http://us%65r:p%40ss+word@secured.example",
            "HTTPS_PROXY", "http://other.example:1",
            "NO_PROXY", "inside.example, .corp.example,10.0.0.7,*.lab.example,here.example:8080");

    private final ProxySettings settings = ProxySettings.of(ENVIRONMENT::get);

    @ParameterizedTest
    @CsvSource({
        "http://api.example/v1, http://plain.example:3128",
        "https://api.example/v1, http://secured.example:80",
        "http://inside.example:8000, direct",
        "http://a.inside.example, direct",
        "http://notinside.example, http://plain.example:3128",
        "https://X.Corp.Example, direct",
        "http://corp.example, direct",
        "http://10.0.0.7:1, direct",
        "http://10.0.0.71:1, http://plain.example:3128",
        "http://gpu.lab.example, direct",
        "http://here.example:8080, direct",
        "http://here.example:8081, http://plain.example:3128",
        "http://localhost:8080, direct",
        "http://127.0.0.1:8080, direct",
        "http://127.9.9.9, direct",
        "http://[::1]:8080, direct",
        "http://localhost.example, http://plain.example:3128"
    })
    void anAddressIsReachedAsTheEnvironmentSaysAndThisMachineAlwaysDirectly(String address, String way) {
        assertThat(settings.of(URI.create(address)).map(HttpProxy::toString).orElse("direct"))
                .isEqualTo(way);
    }

    @Test
    void credentialsAreDecodedForTheHeaderAndNeverPrinted() {
        URI address = URI.create("https://api.example");
        HttpProxy proxy = settings.of(address).orElseThrow();
        assertThat(proxy.credentials()).contains(new HttpProxy.Credentials("user", "p@ss+word"));
        // echo -n 'user:p@ss+word' | base64
        assertThat(settings.authorization(address)).contains("Basic dXNlcjpwQHNzK3dvcmQ=");
        assertThat(settings.authorization(URI.create("http://api.example"))).isEmpty();
        assertThat(settings + " " + proxy + " " + proxy.credentials())
                .doesNotContain("p@ss", "p%40ss", "us%65r", "user");
    }

    @Test
    void aProxyForAllTakesThePlaceOfTheVariablesButForWhatIsDirect() {
        ProxySettings all = ProxySettings.of(HttpProxy.parse("one.example:99", "--proxy"), ENVIRONMENT::get);
        assertThat(all.of(URI.create("http://api.example")).orElseThrow()).hasToString("http://one.example:99");
        assertThat(all.of(URI.create("https://api.example")).orElseThrow()).hasToString("http://one.example:99");
        assertThat(all.of(URI.create("https://inside.example"))).isEmpty();
        assertThat(ProxySettings.of(Map.of("http_proxy", "http://p.example", "no_proxy", "*")::get)
                        .of(URI.create("http://api.example")))
                .isEmpty();
        assertThat(ProxySettings.of(Map.<String, String>of()::get).of(URI.create("http://api.example")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "socks5://user:secret@p.example:1080, has the scheme 'socks5'",
        "http://user:secret@, has no host and port",
        "http://user:se cret@p.example, is no address",
        "http://user:secret%zz@p.example, is no address",
        "http://user:secret@p.example:99999, has no host and port"
    })
    void whatIsNoHttpProxyIsToldWithoutItsSecret(String address, String problem) {
        assertThatThrownBy(() -> ProxySettings.of(Map.of("http_proxy", address)::get))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("the environment variable http_proxy ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("cret");
    }
}
