using System.Net;
using System.Text.RegularExpressions;
using ChildProcess = ContestPipeline.Integration.Stripe.ChildProcess;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>
/// A real OpenID Connect provider (oidc-provider from npm, tests/Oidc/provider.mjs), and somebody with a browser before it.
/// </summary>
internal sealed partial class OidcProvider : IDisposable
{
    public const string Audience = "urn:contestpipeline:payout";
    private const int StepsMax = 30;
    private readonly ChildProcess process;

    private OidcProvider(ChildProcess process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <param name="returnAddress">Where it may send people back to.</param>
    /// <returns>Null where it is not installed.</returns>
    public static async Task<OidcProvider?> Start(string returnAddress)
    {
        if (Folder() is not { } folder || !Directory.Exists(Path.Combine(folder, "node_modules", "oidc-provider"))) return null;
        var process = new ChildProcess("node", ["provider.mjs", Audience, returnAddress], folder);
        return new OidcProvider(process, new Uri(await process.LineAfter("listening ")));
    }

    public void Dispose() => process.Dispose();

    /// <summary>Fills in and sends whatever forms come, until the browser is sent elsewhere or a page has none.</summary>
    /// <returns>Where it is sent, or what the last page says.</returns>
    public async Task<(Uri? To, string Page)> Browse(Uri from, string login)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false,
            CookieContainer = new CookieContainer() });
        var answer = await browser.GetAsync(from);
        for (var step = 0; step < StepsMax; step++)
        {
            var page = await answer.Content.ReadAsStringAsync();
            var at = answer.RequestMessage!.RequestUri!;
            if (answer.Headers.Location is { } location)
            {
                var to = new Uri(at, location);
                if (to.Authority != Address.Authority) return (to, page);
                answer = await browser.GetAsync(to);
            }
            else if (Form().Match(page) is { Success: true } form)
            {
                var action = Attribute(form.Groups[1].Value, "action");
                var fields = Input().Matches(form.Groups[2].Value)
                    .Select(input => (Name: Attribute(input.Value, "name"), Value: Attribute(input.Value, "value") ?? ""))
                    .Where(field => field.Name is { Length: > 0 })
                    .Select(field => KeyValuePair.Create(field.Name!, field.Name is "login" or "password" ? login : field.Value));
                answer = await browser.PostAsync(
                    new Uri(at, WebUtility.HtmlDecode(action ?? "")), new FormUrlEncodedContent(fields));
            }
            else return (null, page);
        }

        throw new InvalidOperationException($"the provider asks for ever; last at {answer.RequestMessage!.RequestUri}");
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "tests", "Oidc");
            if (Directory.Exists(found)) return found;
        }

        return null;
    }

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"{name}=\"([^\"]*)\"", RegexOptions.IgnoreCase) is { Success: true } found
            ? found.Groups[1].Value : null;

    [GeneratedRegex("<form([^>]*)>(.*?)</form>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Form();

    [GeneratedRegex("<(?:input|button)[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex Input();
}
