using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary>
/// Settings that are secrets may come from two more places, which override the others: <c>Secrets:Directory</c>, a directory
/// with one file for each (as containers mount them), and <c>Secrets:KeyVault</c>, an Azure Key Vault. In a file's name
/// <c>__</c> stands for the colon, in a vault's secret <c>--</c>: <c>Slack__SigningSecret</c>, <c>Slack--SigningSecret</c>.
/// </summary>
internal static class Secrets
{
    private static readonly string[] Vaults = [".vault.azure.net", ".vault.usgovcloudapi.net", ".vault.azure.cn"];

    /// <summary>Adds the places that <paramref name="settings"/> name.</summary>
    /// <exception cref="OptionsValidationException">One cannot be read; it says why.</exception>
    public static void AddSecrets(this IConfigurationBuilder configuration, IConfiguration settings)
    {
        if (settings["Secrets:Directory"] is { } directory)
        {
            configuration.AddKeyPerFile(Readable(directory), optional: false);
        }

        if (settings["Secrets:KeyVault"] is { } vault)
        {
            configuration.Add(new VaultSource(new SecretClient(VaultAddress(vault), new DefaultAzureCredential())));
        }
    }

    /// <summary>The address, if it is one of a vault: what is asked there comes with our identity's token.</summary>
    internal static Uri VaultAddress(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && uri is { Scheme: "https", IsDefaultPort: true, UserInfo: "", PathAndQuery: "/" }
            && Vaults.Any(vault => uri.Host.Length > vault.Length && uri.Host.EndsWith(vault, StringComparison.OrdinalIgnoreCase))
                ? uri
                : throw Invalid("Secrets:KeyVault takes the address of a vault, such as https://NAME.vault.azure.net.");

    private static string Readable(string directory)
    {
        try
        {
            Directory.GetFiles(directory);
            return Path.GetFullPath(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Invalid($"Secrets:Directory: '{directory}' cannot be read. It takes a directory with one file for each secret, readable by the service only.");
        }
    }

    private static OptionsValidationException Invalid(string message) => new("Secrets", typeof(Secrets), [message]);

    /// <summary>All secrets of a vault, read once, at the start.</summary>
    internal sealed class VaultSource(SecretClient client) : ConfigurationProvider, IConfigurationSource
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load()
        {
            using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
            try
            {
                foreach (var properties in client.GetPropertiesOfSecrets(patience.Token).Where(properties => properties.Enabled != false))
                {
                    Set(
                        properties.Name.Replace("--", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
                        client.GetSecret(properties.Name, cancellationToken: patience.Token).Value.Value);
                }
            }
            catch (Exception exception) when (exception is RequestFailedException or AuthenticationFailedException or OperationCanceledException or AggregateException)
            {
                var why = exception is RequestFailedException { Status: > 0 and var status } ? $"status {status}" : exception.GetType().Name;
                throw Invalid($"The Key Vault {client.VaultUri.Host} cannot be read ({why}). The service's identity needs the role 'Key Vault Secrets User' there, and the vault must let this machine in.");
            }
        }
    }
}
