// The package says no types of its icons one by one.
declare module '@lucide/icons/icons/*' {
  const icon: import('@lucide/icons').LucideIconData
  export default icon
}
