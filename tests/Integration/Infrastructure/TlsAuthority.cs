using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ContestPipeline.Integration.Infrastructure;

/// <summary>An authority that signs certificates for a test, all of them in PEM.</summary>
internal sealed class TlsAuthority : IDisposable
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();
    private readonly RSA key = RSA.Create(2048);
    private readonly X509Certificate2 certificate;
    private byte serial;

    internal TlsAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        certificate = request.CreateSelfSigned(s_now.AddDays(-1), s_now.AddDays(2));
    }

    internal string Pem => certificate.ExportCertificatePem();

    /// <param name="name">Of the host, or of whoever signs in.</param>
    internal (string Certificate, string Key) Issue(string name)
    {
        using var own = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(certificate, s_now.AddDays(-1), s_now.AddDays(1), [++serial]);
        return (issued.ExportCertificatePem(), own.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
