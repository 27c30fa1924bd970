using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Plumbing;

/// <summary>
/// How every Kafka client of the process is encrypted and signs in: TLS, with a client's certificate where the broker asks for
/// one, and SASL.
/// </summary>
internal static class KafkaSecurity
{
    internal const string Servers = "KAFKA_BOOTSTRAP_SERVERS";
    internal const string Protocol = "KAFKA_SECURITY_PROTOCOL";
    internal const string Authority = "KAFKA_SSL_CA_LOCATION";
    internal const string TokenEndpoint = "KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL";
    private const string Certificate = "KAFKA_SSL_CERTIFICATE_LOCATION";
    private const string Key = "KAFKA_SSL_KEY_LOCATION";
    private const string Mechanism = "KAFKA_SASL_MECHANISM";

    /// <param name="protocol">As the setting has it; null: not set.</param>
    internal static bool IsEncrypted(string? protocol) => protocol?.ToLowerInvariant() is "ssl" or "sasl_ssl";

    /// <exception cref="SettingException">A setting is missing that another one needs, or says nothing that Kafka
    /// knows.</exception>
    internal static void Apply(IConfiguration settings, ClientConfig client)
    {
        var protocol = settings.Declared(Protocol)?.ToLowerInvariant();
        if (protocol is not null) client.Set("security.protocol", protocol);
        if (IsEncrypted(protocol)) Encrypt(settings, client);
        var mechanism = settings.Declared(Mechanism)?.ToUpperInvariant();
        if (protocol?.StartsWith("sasl_", StringComparison.Ordinal) == true) SignIn(settings, client, mechanism);
        else if (mechanism is not null)
            throw new SettingException(Mechanism,
                $"says how to sign in, but {Protocol} is {protocol ?? "not set"}, with which nobody does: make that sasl_ssl, "
                    + $"or this empty");
    }

    private static void Encrypt(IConfiguration settings, ClientConfig client)
    {
        client.SslEndpointIdentificationAlgorithm = SslEndpointIdentificationAlgorithm.Https;
        client.SslCaLocation = File(settings, Authority);
        client.SslCertificateLocation = File(settings, Certificate);
        client.SslKeyLocation = File(settings, Key);
        client.SslKeyPassword = settings.Optional("KAFKA_SSL_KEY_PASSWORD");
        if (client.SslCertificateLocation is not null && client.SslKeyLocation is null)
            throw new SettingException(Key, $"is not set: say where the key of {Certificate} is");
        if (client.SslKeyLocation is not null && client.SslCertificateLocation is null)
            throw new SettingException(Certificate, $"is not set: say where the certificate of {Key} is");
    }

    private static void SignIn(IConfiguration settings, ClientConfig client, string? mechanism)
    {
        switch (mechanism)
        {
            case "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512":
                client.SaslUsername = settings.Require("KAFKA_SASL_USERNAME", $"as whom to sign in with {mechanism}");
                client.SaslPassword = settings.Require("KAFKA_SASL_PASSWORD", $"the password to sign in with {mechanism}");
                break;
            case "OAUTHBEARER":
                client.SaslOauthbearerMethod = SaslOauthbearerMethod.Oidc;
                client.SaslOauthbearerTokenEndpointUrl = settings.Require(
                    TokenEndpoint, "where the identity provider gives out tokens");
                client.SaslOauthbearerClientId = settings.Require(
                    "KAFKA_SASL_OAUTHBEARER_CLIENT_ID", "as whom to ask for tokens");
                client.SaslOauthbearerClientSecret = settings.Require(
                    "KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET", "the secret to ask for tokens with");
                client.SaslOauthbearerScope = settings.Optional("KAFKA_SASL_OAUTHBEARER_SCOPE");
                client.SaslOauthbearerExtensions = settings.Optional("KAFKA_SASL_OAUTHBEARER_EXTENSIONS");
                client.HttpsCaLocation = File(settings, "KAFKA_SASL_OAUTHBEARER_CA_LOCATION");
                break;
            case null:
                throw new SettingException(Mechanism,
                    $"is not set: say how to sign in, since {Protocol} asks for it: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or "
                        + $"OAUTHBEARER");
            default:
                throw new InvariantException($"{Mechanism} may be '{mechanism}', and nothing says how to sign in with it");
        }

        client.Set("sasl.mechanism", mechanism);
    }

    private static string? File(IConfiguration settings, string name)
    {
        var file = settings.Optional(name);
        return file is null || System.IO.File.Exists(file)
            ? file : throw new SettingException(name, $"names {file}, which does not exist");
    }
}
