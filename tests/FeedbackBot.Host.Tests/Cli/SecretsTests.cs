using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Cli;

/// <summary>Secrets come from files and from a vault, under the names of settings.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task A_file_of_the_directory_is_a_setting_and_overrides_others()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.Data);
        await File.WriteAllTextAsync(Path.Combine(directory.Data, "Slack__SigningSecret"), "from-a-file\n");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Secrets:Directory", directory.Data),
            new("Slack:SigningSecret", "from-elsewhere"),
        ]);
        configuration.AddSecrets(configuration.Build());
        configuration.Build()["Slack:SigningSecret"].ShouldBe("from-a-file");
    }

    [Fact]
    public void A_secret_of_the_vault_is_a_setting_unless_it_is_switched_off()
    {
        using var vault = new Vault(("Slack--SigningSecret", "from-the-vault", true), ("Slack--AppToken", "old", false));
        var configuration = new ConfigurationBuilder().Add(new Secrets.VaultSource(Client(vault))).Build();
        configuration["Slack:SigningSecret"].ShouldBe("from-the-vault");
        configuration["Slack:AppToken"].ShouldBeNull();
    }

    [Fact]
    public void A_vault_that_refuses_stops_the_start_and_says_what_is_missing()
    {
        using var vault = new Vault { Refuses = true };
        var refused = Should.Throw<OptionsValidationException>(() => new ConfigurationBuilder().Add(new Secrets.VaultSource(Client(vault))).Build());
        refused.Failures.ShouldHaveSingleItem().ShouldContain("acme.vault.azure.net cannot be read (status 403)");
    }

    [Theory]
    [InlineData("https://acme.vault.azure.net")]
    [InlineData("https://acme.vault.azure.net/")]
    [InlineData("https://acme.vault.usgovcloudapi.net")]
    public void A_vault_of_azures_is_taken(string address) => Secrets.VaultAddress(address).Scheme.ShouldBe("https");

    private static SecretClient Client(Vault vault)
        => new(
            new Uri("https://acme.vault.azure.net"),
            new Identity(),
            new SecretClientOptions { Transport = new HttpClientTransport(vault), Retry = { MaxRetries = 0 } });

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => new("token", TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    /// <summary>Stands for a vault: it asks for a token first, as a real one does.</summary>
    private sealed class Vault(params (string Name, string Value, bool Enabled)[] secrets) : HttpMessageHandler
    {
        public bool Refuses { get; init; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(Send(request, cancellationToken));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Authorization is null)
            {
                var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized);
                challenge.Headers.WwwAuthenticate.ParseAdd("""Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001", resource="https://vault.azure.net" """);
                return challenge;
            }

            var path = request.RequestUri!.AbsolutePath.Trim('/').Split('/');
            return (Refuses, path) switch
            {
                (true, _) => new HttpResponseMessage(HttpStatusCode.Forbidden),
                (_, ["secrets"]) => Json(new { value = secrets.Select(secret => new { id = Id(secret.Name), attributes = new { enabled = secret.Enabled } }) }),
                (_, ["secrets", var name, ..]) => Json(new { id = Id(name), value = secrets.Single(secret => secret.Name == name).Value, attributes = new { enabled = true } }),
                _ => new HttpResponseMessage(HttpStatusCode.NotFound),
            };
        }

        private static string Id(string name) => $"https://acme.vault.azure.net/secrets/{name}";

        private static HttpResponseMessage Json(object value)
            => new(HttpStatusCode.OK) { Content = new StringContent(JsonSerializer.Serialize(value), Encoding.UTF8, "application/json") };
    }
}
